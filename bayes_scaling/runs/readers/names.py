"""Names of the formats, for parsers that import nothing heavy."""

TABLES = ("csv", "tsv", "json", "jsonl", "parquet", "excel")
DOCUMENT_NAMES = ("trainer_state", "lm_eval", "every_eval_ever")
FORMATS = (*TABLES, *DOCUMENT_NAMES, "tracker_metrics", "wandb", "tensorboard", "mlflow")
