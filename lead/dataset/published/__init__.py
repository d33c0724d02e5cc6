"""The layout in which the published LEAD data lies: folders of JPEG, PNG, LAZ, NPZ and xz-compressed pickles."""
