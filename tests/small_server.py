"""A local server with small data of its own, and a gate that holds evaluations between two states."""

from __future__ import annotations

import threading
import time

import numpy as np

from clarifai_eval_widget import LocalServer


class Gate:
    """Holds each fold or batch back until it is let through. Open from the start unless told otherwise."""

    def __init__(self, *, is_open=False):
        self._turns = threading.Semaphore(0)
        self.is_open = is_open
        self.reached = []

    def __call__(self, step):
        self.reached.append(step)
        if not self.is_open:
            assert self._turns.acquire(timeout=60), "the gate was never opened"

    def let_through(self, steps=1):
        for _ in range(steps):
            self._turns.release()

    def open(self):
        self.is_open = True
        self.let_through(100)


def blobs(num_inputs, num_concepts, seed):
    """Overlapping clusters in 8 dimensions: (N, 8) embeddings and N labels ``c0``, ``c1``, …"""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(0, 1, (num_concepts, 8))
    classes = np.arange(num_inputs) % num_concepts
    return (centres[classes] + rng.normal(0, 1.2, (num_inputs, 8))).astype(np.float32), [f"c{k}" for k in classes]


def small_server(**options):
    """Two apps: ``shop`` with a model of two versions, ``market`` with another dataset."""
    server = LocalServer(**options)
    for app_id, dataset_id, seed in [("shop", "reviews", 0), ("market", "offers", 1)]:
        embeddings, labels = blobs(300, 3, seed)
        texts = [f"{dataset_id} {index}" for index in range(len(labels))]
        server.add_dataset(app_id, dataset_id, texts, labels, embeddings=embeddings)
    server.train("shop", "sentiment", dataset_id="reviews", version_id="first", inputs_per_concept=20)
    server.train("shop", "sentiment", dataset_id="reviews", version_id="second")
    return server


def wait_until(condition, seconds=60):
    """Wait for a condition; the value that made it true."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("it did not come to pass")
