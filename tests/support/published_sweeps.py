"""Small made-up files of sweeps, corpora and mixtures, and the tables that they give."""

_BENCH = "li2026_scalebench"
_MIXED = ",".join(f"{kind}_domain_{i}" for kind in ("proportion", "loss") for i in range(1, 6))
_MODELS = (
    "Dataset,model,params,tokens,Core,Extended,creation_date,missing tasks,"
    "squad,boolq,gsm8k_cot,aggregated_task_categories_centered.safety,svamp,perplexity.squad\n"
)
# made-up files, laid out as the published ones
SWEEP_FILES = {
    "grattafiori2024_llama3_isoflops/isoflops.csv": (
        "source,condition,tokens,params,budget,loss\n"
        "llama_3,raw_loss,2e9,5e8,6e18,0.75\n"
        "llama_3,raw_loss,4e9,2.5e8,6e18,0.875\n"
        "llama_3,exp_loss,2e9,5e8,6e18,2.117\n"
    ),
    "li2024_dclm/models_below_5B.csv": _MODELS
    + (
        "c4,open_lm_1b,1439795200,28795904000,0.25,0.125,2024_02,,0.5,0.75,0.0,0.1,0.25,2\n"
        "c4,open_lm_1b,1439795200,28795904000,0.25,0.125,2024_03,,0.5,0.75,0.0,0.1,0.25,2\n"
        "rpj,open_lm_1b,1439795200,28795904000,,0.5,2024_01,,0.5,,,,,\n"
        "rpj,open_lm_1b,1439795200,28795904000,,0.25,2024_01,,0.5,0.25,,,,\n"
    ),
    "li2025_misfitting/final_checkpoints.csv": (
        "loss,N,N_no_emb,D,model,peak_lr,sweep,total_epochs\n"
        "3.5,2000000,1000000,4000000,m_1m,0.002,first,1\n"
        "3.5,2000000,1000000,4000000,m_1m,0.002,first,2\n"
        "3.25,2000000,1000000,4000000,m_1m,0.001,first,2\n"
    ),
    f"{_BENCH}/farseer_train.csv": "group,N,D,loss\na,2e9,4e9,0.5\na,1e9,4e9,0.75\na,2e9,4e9,0.5\n",
    f"{_BENCH}/farseer_test.csv": "group,N,D,loss\na,1e8,8e9,0.625\n",
    f"{_BENCH}/data_constrained_train.csv": (
        "group,unique_tokens,params,tokens,loss\na,2e9,1e9,4e9,3.5\n"
    ),
    f"{_BENCH}/data_constrained_test.csv": (
        "group,unique_tokens,params,tokens,loss\na,1e9,2e9,8e9,3.25\n"
    ),
    f"{_BENCH}/moe_train.csv": (
        "group,num_experts,dense_parameter_count,loss_validation\na,8.0,1e9,2.5\n"
    ),
    f"{_BENCH}/moe_test.csv": (
        "group,num_experts,dense_parameter_count,loss_validation\na,1.0,2e9,2.25\n"
    ),
    f"{_BENCH}/lr_bsz_train.csv": (
        "group,lr,bsz,data_size,non_embedding_param_size,lm_loss\na,0.001,64.0,2e9,6e7,2.75\n"
    ),
    f"{_BENCH}/sparsity_train.csv": (
        "group,P,N_active,N_dense,D1,D2,loss\na,7.5,0.07743792,0.0442488,2.3068672,4.6137344,2.75\n"
    ),
    f"{_BENCH}/domain_mixture_train.csv": (
        f"group,{_MIXED}\n70M,0.5,0.25,0.25,0,0,1.5,2.5,3.5,4.5,5.5\n"
    ),
    "magnusson2025_datadecide/runs_below_1B.csv": (
        "corpus,size,N,D,seed,nll\n"
        '"QC (7%, FW2)",8M,8e6,1e9,1,1.25\n'
        '"QC (7%, FW2)",4M,4e6,4e8,0,1.5\n'
    ),
    "shukor2025_mixtures/runs_below_700M.csv": (
        "weight_arxiv,weight_wikipedia,model_size,n_tokens,arxiv_loss,openhermes_loss\n"
        "0.75,0.25,122000000.0,20000000000.0,2.5,3.5\n"
        "0.75,0.25,122000000.0,19998000000.0,2.5,3.5\n"
        "0.75,0.25,122000000.0,17998000000.0,2.75,\n"
        "0.5,0.5,122000000.0,1998000000.0,4.5,3.75\n"
    ),
    **{
        f"wu2024_emergence/{task}.csv": (
            "Model,Model Family,FLOPs (1E21),0_2_brier,0_2_san,2_4_brier,4_6_brier,acc,brier\n"
            "b/large,B,2.5,0.25,,0.5,0.75,0.625,0.5\n"
            "a/small,A,0.5,0.5,,0.5,0.875,0.25,0.625\n"
            "a/none,A,,0.5,,0.5,0.875,0.25,0.625\n"
        )
        for task in ("arc", "hellaswag", "mmlu", "parsinlu_qa_mc")
    },
}
SWEEP_TABLES = {
    "grattafiori2024": (
        b"N,D,C,loss\n250000000.0,4000000000.0,6e+18,0.875\n500000000.0,2000000000.0,6e+18,0.75\n"
    ),
    "li2024": (
        b"dataset,architecture,created,N,D,core,extended,"
        b"accuracy_boolq,accuracy_squad,accuracy_svamp\n"
        b"rpj,open_lm_1b,2024_01,1439795200,28795904000,,0.25,0.25,0.5,\n"
        b"c4,open_lm_1b,2024_02,1439795200,28795904000,0.25,0.125,0.75,0.5,0.25\n"
    ),
    "li2025": (
        b"model,N,N_nonembedding,D,lr,sweep,loss\n"
        b"m_1m,2000000,1000000,4000000,0.001,first,3.25\n"
        b"m_1m,2000000,1000000,4000000,0.002,first,3.5\n"
    ),
    "li2026_farseer": (
        b"role,N,D,loss\n"
        b"train,1000000000,4000000000,0.75\n"
        b"train,2000000000,4000000000,0.5\n"
        b"test,100000000,8000000000,0.625\n"
    ),
    "li2026_data_constrained": (
        b"role,N,D,U,epochs,loss\n"
        b"train,1000000000,4000000000,2000000000,2.0,3.5\n"
        b"test,2000000000,8000000000,1000000000,8.0,3.25\n"
    ),
    "li2026_moe": b"role,N,X,loss\ntrain,1000000000,8,2.5\ntest,2000000000,1,2.25\n",
    "li2026_lr_bsz": b"N,D,lr,batch,loss\n60000000,2000000000,0.001,64,2.75\n",
    "li2026_sparsity": (
        b"N_dense,N_active,P,D1,D2,loss\n44248800,77437920,7.5,2306867200,4613734400,2.75\n"
    ),
    "li2026_domain_mixture": (
        b"N,w_domain_1,w_domain_2,w_domain_3,w_domain_4,w_domain_5,"
        b"loss_domain_1,loss_domain_2,loss_domain_3,loss_domain_4,loss_domain_5\n"
        b"70000000,0.5,0.25,0.25,0.0,0.0,1.5,2.5,3.5,4.5,5.5\n"
    ),
    "magnusson2025": (
        b"corpus,size,N,D,M,C,seed,nll\n"
        b'"QC (7%, FW2)",4M,4000000,400000000,100.0,9600000000000000.0,0,1.5\n'
        b'"QC (7%, FW2)",8M,8000000,1000000000,125.0,4.8e+16,1,1.25\n'
    ),
    "shukor2025": (
        b"mixture,N,D,w_arxiv,w_wikipedia,loss_arxiv,loss_openhermes\n"
        b"1,122000000,19998000000,0.75,0.25,2.5,3.5\n"
        b"2,122000000,1998000000,0.5,0.5,4.5,3.75\n"
    ),
    "wu2024": b"task,model,family,C,accuracy,brier,brier_easy,brier_middle,brier_hard\n"
    + b"".join(
        task + b",a/small,A,5e+20,0.25,0.625,0.5,0.5,0.875\n" + task + b",b/large,B,2.5e+21,"
        b"0.625,0.5,0.25,0.5,0.75\n"
        for task in (b"arc", b"hellaswag", b"mmlu", b"parsinlu")
    ),
}
