"""Bytes to cells: .xlsx, .xlsm, .xls, .ods and .csv. It knows no money."""
