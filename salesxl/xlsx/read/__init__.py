"""A file as typed cells at true addresses, within bounds: .xlsx .xlsm .xlsb .xls .ods .html .csv .zip."""
