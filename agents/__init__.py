"""The parts that reason: constitution, understanding, policy screen, guard, and the graph that joins them."""
