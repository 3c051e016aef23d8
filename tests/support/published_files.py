"""Small made-up files, laid out as the published ones from which the bundled tables are built."""

import csv
import json

from published_sweeps import SWEEP_FILES, SWEEP_TABLES

SCORES = "gadre2024/evals/evaluation_late_heavy.json"
_GADRE_SETS = (
    "c4_val openlm paloma_c4_en paloma_falcon-refinedweb paloma_redpajama paloma_ptb"
    " paloma_dolma_100_programing_languages de-en".split()
)
_POINTS = "Model Size,Training FLOP,loss\n2e9,6e20,2.5\n1e9,6e19,3\n"
_LADDER_SETS = (
    "c4_en dolma_books dolma_common-crawl dolma_pes2o dolma_reddit dolma_stack dolma_wiki ice"
    " m2d2_s2orc pile wikitext_103".split()
)
_LADDER = ",".join(
    [
        "batch_size_in_tokens",
        "learning_rate_peak",
        "eval/downstream_bpb/boolq_val_rc_5shot_bpb",
        "eval/downstream/boolq_val_rc_5shot_acc",
        *(f"eval/{name}-validation/CrossEntropyLoss" for name in _LADDER_SETS),
    ]
)
_LADDER_ROW = "1024,0.001,0.9,0.75,3.1,3.2,3.3,3.4,3.5,3.6,3.7,3.8,3.9,4.0,4.1"
_MIXTURES = "index,train_the_pile_arxiv,train_the_pile_github\n2,0.25,0.75\n1,1,0\n"
_MIXTURE_LOSSES = "index,metric/the_pile_github_val_loss\n1,3.5\n2,3.25\n"
_CURVE = "step,lr,loss\n2304,0.0003,4\n2176,0.0003,4.5\n"
# made-up files of the other sources
SMALL_FILES = {
    **SWEEP_FILES,
    "bhagia2024_ladder/final_rows.csv": (
        f"size,multiple,N,throughput/total_tokens,{_LADDER}\n"
        f"190M,1xC,190354176,3.8e9,{_LADDER_ROW}\n"
    ),
    "bhagia2024_ladder/target_peteish7_eval_anneal.csv": (
        f"throughput/total_tokens,{_LADDER}\n4e12,{_LADDER_ROW}\n"
    ),
    "bhagia2024_ladder/target_peteish13_eval_final.csv": f"_step,{_LADDER}\n1000,{_LADDER_ROW}\n",
    "caballero2022_addition/runs.csv": "examples,loss\n20,1.5\n10,2\n30,1.25\n40,1\n",
    "curves/context.csv": (
        "domain,task,curve,x,y\n"
        "IC,bird,IC/bird,20.0,0.5\n"
        "IC,bird,IC/bird,10,0.75\n"
        "DD,net,DD/net,8,1.25\n"
        "IC,bird,IC/bird,10,0.75\n"
    ),
    "curves/target.csv": "domain,task,curve,x,y\nIC,bird,IC/bird,40,0.25\n",
    "chen2025_parscale/runs.csv": "corpus,N_nonembedding,P,loss\nstack-v2-python,2000,2,1.5\n",
    **{
        f"liu2024_regmix/{part}_{kind}_{size}.csv": text
        for part, size in (("train", "1m"), ("test", "1m"), ("test", "60m"), ("test", "1B"))
        for kind, text in (("mixture", _MIXTURES), ("pile_loss", _MIXTURE_LOSSES))
    },
    **{f"luo2025_lr_schedules/csv_{size}/constant_24000.csv": _CURVE for size in (25, 100, 400)},
    "muennighoff2023/runs.csv": (
        "run,N,D,U,loss,seed,tags,epochs\n"
        "2b84b2b,2.8e9,4e9,2e9,3.5,,,2\n"
        "2b84b4bc4seed1,2.8e9,4e9,4e9,3.25,1.0,c4,1\n"
    ),
    "nezhurina2025_clip_mammut/segmentation_results.csv": (
        "model_simple,namespace,samples_seen,gflops,model_mparams,"
        "lr,warmup,global_batch_size,acc1,miou\n"
        "ViT-S-14,clip,1280000,2e7,62.21,0.0005,1500,512,0.25,0.125\n"
    ),
    "porian2024_isoflops/isoflops.csv": (
        "dataset,hparams,warmup,decay,param_count,val,flops,N,D,loss\n"
        "rw,tuned,short,const,standard,val,6e18,1e9,1e9,4\n"
        "rw,base,long,kaplan,kaplan,train,6e18,,,\n"
    ),
    "porian2024_isoflops/optima.csv": (
        "dataset,hparams,warmup,decay,param_count,val,flops,n_star_median,n_star_log_std\n"
        "rw,tuned,short,const,standard,val,6e18,1e9,0.125\n"
        "rw,base,long,kaplan,kaplan,train,6e18,,\n"
    ),
    "tao2024_vocabulary/exp_data.csv": (
        "vocab_size,embed_dim,num_characters,Non_vocab_parameters,FLOPs,Lossu\n"
        "4096.0,512.0,1e9,1e6,1e18,-2.5\n"
    ),
}
# the tables that these files give
BUILT_TABLES = {
    **SWEEP_TABLES,
    "alabdulmohsin2022": (
        b"role,domain,task,curve,x,y\n"
        b"context,IC,bird,IC/bird,10.0,0.75\n"
        b"context,IC,bird,IC/bird,20.0,0.5\n"
        b"target,IC,bird,IC/bird,40.0,0.25\n"
    ),
    "lee2025": b"role,domain,task,curve,x,y\ncontext,DD,net,DD/net,8.0,1.25\n",
    "bhagia2024_tasks": b"task,items,chance_accuracy\nboolq_val,52,0.5\n",
    "caballero2022": (
        b"role,examples,loss\ntrain,10,2.0\ntarget,20,1.5\ntarget,30,1.25\ntarget,40,1.0\n"
    ),
    "chen2025": b"corpus,N,P,loss\nstack_v2_python,2000,2,1.5\n",
    "muennighoff2023": (
        b"run,N,D,U,epochs,loss,seed,tags\n"
        b"2b84b2b,2800000000,4000000000,2000000000,2.0,3.5,0,plain\n"
        b"2b84b4bc4seed1,2800000000,4000000000,4000000000,1.0,3.25,1,c4\n"
    ),
    "nezhurina2025": (
        b"family,architecture,N,samples,flops,lr,warmup,batch,error,error_miou\n"
        b"clip,ViT-S-14,62210000,1280000,2e+16,0.0005,1500,512,0.75,0.875\n"
    ),
    "porian2024": (
        b"dataset,setting,N,D,C,loss\nrefinedweb,tuned,1000000000,1000000000.0,6e+18,4.0\n"
    ),
    "porian2024_optima": (
        b"dataset,setting,C,N_opt,N_opt_se\nrefinedweb,tuned,6e+18,1000000000.0,125000000.0\n"
    ),
}


def write_published_files(root, tasks):
    """Write the files below ``root``; two runs of Gadre et al. have scores on ``tasks``."""
    for part in ("gadre2024/models", "gadre2024/evals", "hoffmann2022"):
        (root / part).mkdir(parents=True)
    for name, corpus, N in (("late", "rpj", 6889410560), ("early", "c4_original", 10569312)):
        _write_gadre_run(root / "gadre2024", name, corpus, N, tasks)
    with open(root / "gadre2024/eval_metadata.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Eval Task", "Task Category", "#shots", "#datapoints", "Random baseline"])
        writer.writerows([task, "kind", 0, 10, 25] for task in [*tasks, "unscored"])
    (root / "hoffmann2022/svg_extracted_data.csv").write_text(_POINTS)
    for file, text in SMALL_FILES.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)


def _write_gadre_run(folder, name, corpus, N, tasks):
    """Write the two files of a run: its model with losses, and its scores."""
    results = [
        {
            "val_data": [f"any/{validation}/1.tar"],
            "loss": 3 + i / 7,
            "loss_sequences_lower_95": 2.9,
            "loss_sequences_upper_95": 3.1,
        }
        for i, validation in enumerate(_GADRE_SETS)
    ]
    sizes = {"params": N, "tokens": 20 * N}
    model = {"name": name, "dataset_name": corpus, "hyperparameters": sizes, "results": results}
    scores = {"eval_metrics": {"icl": {task: i / 46 for i, task in enumerate(tasks)}}}
    (folder / f"models/{name}.json").write_text(json.dumps(model))
    (folder / f"evals/evaluation_{name}_heavy.json").write_text(json.dumps(scores))
