"""The workbook core: packages, references, values, styles; reading (``read``) and editing (``edit``)."""
