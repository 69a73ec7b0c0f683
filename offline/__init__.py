"""What runs beside serving: the synthetic population, index build, publishing, evaluation."""
