"""The command line: ``parser`` reads options, ``run`` dispatches, ``commands`` answer."""
