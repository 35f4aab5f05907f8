"""The network of `crates/statistics/examples/chains.rs` in ciw: peers.py CHAINS

Five years from empty. Prints a line of JSON: seconds, and the mean numbers in the end with
their Monte Carlo errors. Those who wait in front of a state count with ciw as in it.
"""

import json
import statistics
import sys
import time

import ciw

YEARS = 5
DAYS = 365.25
STATES = 4


def network():
    unlimited = float("inf")
    law = ciw.dists
    return ciw.create_network(
        arrival_distributions=[law.Exponential(70 / DAYS), None, None, None],
        service_distributions=[
            law.Weibull(360, 1.2),
            law.Gamma(2.0, 1 / 0.008),
            law.Lognormal(5.0, 0.7),
            law.Exponential(0.001),
        ],
        number_of_servers=[78, 42, unlimited, unlimited],
        # No line in front of the open ward: who is ready keeps the place in the closed one.
        queue_capacities=[unlimited, 0, unlimited, unlimited],
        routing=[
            [0.0, 0.6, 0.2, 0.2],
            [0.0, 0.0, 0.5, 0.5],
            [0.0, 0.0, 0.0, 1.0],
            [0.15, 0.0, 0.0, 0.0],
        ],
    )


def main():
    chains = int(sys.argv[1])
    shared = network()
    numbers = []
    start = time.perf_counter()
    for seed in range(chains):
        ciw.seed(seed)
        simulation = ciw.Simulation(shared)
        simulation.simulate_until_max_time(YEARS * DAYS)
        nodes = simulation.nodes[1:-1]
        numbers.append([node.number_of_individuals for node in nodes])
    seconds = time.perf_counter() - start
    of_state = list(zip(*numbers))
    line = {
        "seconds": seconds,
        "chains": chains,
        "version": ciw.__version__,
        "occupancy": [statistics.mean(values) for values in of_state],
        "error": [statistics.stdev(values) / chains**0.5 for values in of_state],
    }
    print(json.dumps(line))


main()
