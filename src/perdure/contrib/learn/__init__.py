"""tf.contrib.learn: data sets, preprocessing and the estimators of the time before tf.estimator."""
