"""tf.train: optimizers and what training needs."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "formats.messages": (
            "BytesList ClusterDef Example Feature FeatureList FeatureLists Features FloatList "
            "Int64List JobDef SaverDef SequenceExample ServerDef"
        ),
        "interchange.graph_io": "write_graph",
        "queues": "queue_runner",
        "queues.batching": (
            "batch batch_join maybe_batch maybe_batch_join maybe_shuffle_batch "
            "maybe_shuffle_batch_join shuffle_batch shuffle_batch_join"
        ),
        "queues.coordinator": "Coordinator LooperThread",
        "queues.input": (
            "input_producer limit_epochs match_filenames_once range_input_producer "
            "slice_input_producer string_input_producer"
        ),
        "queues.queue_runner": "QueueRunner add_queue_runner start_queue_runners",
        "optimizers.adadelta": "AdadeltaOptimizer",
        "optimizers.adagrad": "AdagradDAOptimizer AdagradOptimizer ProximalAdagradOptimizer",
        "optimizers.adam": "AdamOptimizer",
        "training.basic_loops": "basic_train_loop",
        "training.basic_session_run_hooks": (
            "FeedFnHook FinalOpsHook GlobalStepWaiterHook LoggingTensorHook "
            "NanLossDuringTrainingError NanTensorHook StepCounterHook StopAtStepHook"
        ),
        "training.checkpoint_reader": "NewCheckpointReader",
        "distributed.device_setter": "replica_device_setter",
        "optimizers.ftrl": "FtrlOptimizer",
        "optimizers.gradient_descent": "GradientDescentOptimizer ProximalGradientDescentOptimizer",
        "training.hook_timers": "SecondOrStepTimer",
        "optimizers.learning_rate_decay": (
            "cosine_decay cosine_decay_restarts exponential_decay inverse_time_decay "
            "linear_cosine_decay natural_exp_decay noisy_linear_cosine_decay piecewise_constant "
            "piecewise_constant_decay=piecewise_constant polynomial_decay"
        ),
        "training.monitored_session": ("MonitoredSession MonitoredTrainingSession SingularMonitoredSession"),
        "optimizers.momentum": "MomentumOptimizer",
        "optimizers.moving_averages": "ExponentialMovingAverage",
        "optimizers.optimizer": "Optimizer",
        "optimizers.rmsprop": "RMSPropOptimizer",
        "training.saving_hooks": (
            "CheckpointSaverHook CheckpointSaverListener ProfilerHook SummarySaverHook"
        ),
        "training.saving.management": (
            "CheckpointManager checkpoint_exists generate_checkpoint_state_proto get_checkpoint_mtimes "
            "get_checkpoint_state latest_checkpoint remove_checkpoint update_checkpoint_state"
        ),
        "training.checkpoints.checkpoint": "Checkpoint",
        "training.checkpoints.initializing": "init_from_checkpoint",
        "training.checkpoints.reading": "list_variables load_checkpoint load_variable",
        "training.checkpoints.warm_starting": "VocabInfo warm_start",
        "training.saving.saver": "Saver export_meta_graph import_meta_graph",
        "training.saving.waiting": "checkpoints_iterator",
        "training.scaffold": "Scaffold",
        "distributed.server_lib": "ClusterSpec Server",
        "training.session_creators": "ChiefSessionCreator SessionCreator WorkerSessionCreator",
        "training.session_manager": "SessionManager",
        "training.session_run_hook": ("SessionRunArgs SessionRunContext SessionRunHook SessionRunValues"),
        "summaries.summary_iterator": "summary_iterator",
        "training.supervisor": "Supervisor",
        "training.sync_replicas": "SyncReplicasOptimizer",
        "training.training_util": (
            "assert_global_step create_global_step get_global_step get_or_create_global_step global_step"
        ),
    },
    submodules="experimental",
)
