#!/usr/bin/env python3
"""How well quality is estimated for a model without scores: the fallback formula of quality.json on
the models that have scores, as it is shipped and refitted with each vendor's models left out.

    fallback.py LLMFIT DATA
"""
import json
import math
import pathlib
import subprocess
import sys

LEAST_SPEARMAN = 0.85
TERMS = ["log2_total_b", "log2_active_b", "years_since_2024", "thinking"]


def years_since_2024(released, latest):
    def years(date):
        return int(date[:4]) - 2024 + (int(date[5:7]) - 0.5) / 12
    return max(0.0, min(years(released), years(latest)))


def features_of(model, latest):
    return [1.0, math.log2(model["params_total"] / 1e9), math.log2(model["params_active"] / 1e9),
            years_since_2024(model["released"], latest), 1.0 if model["thinking"] else 0.0]


def predict(weights, features):
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, features))))


def solve(matrix, right):
    """Gauss with pivoting; changes its arguments."""
    size = len(right)
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(matrix[row][i]))
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        right[i], right[pivot] = right[pivot], right[i]
        for row in range(i + 1, size):
            factor = matrix[row][i] / matrix[i][i]
            right[row] -= factor * right[i]
            for column in range(i, size):
                matrix[row][column] -= factor * matrix[i][column]
    answer = [0.0] * size
    for i in reversed(range(size)):
        rest = sum(matrix[i][column] * answer[column] for column in range(i + 1, size))
        answer[i] = (right[i] - rest) / matrix[i][i]
    return answer


def fit(rows):
    """Least squares of q itself by a few steps of Gauss-Newton."""
    weights = [0.0] * (len(TERMS) + 1)
    size = len(weights)
    for _ in range(30):
        matrix = [[1e-6 * (i == j) for j in range(size)] for i in range(size)]
        right = [0.0] * size
        for features, q in rows:
            guess = predict(weights, features)
            slope = guess * (1 - guess)
            for i in range(size):
                right[i] += slope * features[i] * (q - guess)
                for j in range(size):
                    matrix[i][j] += slope * slope * features[i] * features[j]
        weights = [w + step for w, step in zip(weights, solve(matrix, right))]
    return weights


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    result = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            result[place] = (start + end - 1) / 2
        start = end
    return result


def spearman(a, b):
    a, b = ranks(a), ranks(b)
    mean = (len(a) - 1) / 2
    covariance = sum((x - mean) * (y - mean) for x, y in zip(a, b))
    spread = math.sqrt(sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b))
    return covariance / spread


def main():
    llmfit, data = sys.argv[1], pathlib.Path(sys.argv[2])
    quality = json.loads((data / "quality.json").read_text())
    shares = {row["id"]: row["q"] for row in quality["models"]}
    fallback = quality["fallback"]
    answer = subprocess.run([llmfit, "list", "--json"], capture_output=True, text=True, check=True)
    models = [model for model in json.loads(answer.stdout)["models"]
              if model["id"] in shares and model["released"] and model["params_active"]]
    rows = [(features_of(model, fallback["latest_release"]), shares[model["id"]])
            for model in models]
    truth = [q for _, q in rows]
    shipped = [fallback["intercept"]] + [fallback[term] for term in TERMS]
    as_shipped = [predict(shipped, features) for features, _ in rows]
    fits = {}
    for vendor in {model["vendor"] for model in models}:
        fits[vendor] = fit([row for model, row in zip(models, rows) if model["vendor"] != vendor])
    left_out = [predict(fits[model["vendor"]], features)
                for model, (features, _) in zip(models, rows)]
    worst = 1.0
    for name, guesses in {"as shipped": as_shipped, "vendor left out": left_out}.items():
        agreement = spearman(guesses, truth)
        error = sum(abs(guess - q) for guess, q in zip(guesses, truth)) / len(truth)
        worst = min(worst, agreement)
        print(f"{name:16} {len(truth)} models  Spearman {agreement:.3f}  mean error {error:.3f}")
    print(f"{'parameters alone':16} {len(truth)} models  "
          f"Spearman {spearman([features[1] for features, _ in rows], truth):.3f}")
    print(f"bound: Spearman at least {LEAST_SPEARMAN}")
    return worst < LEAST_SPEARMAN


if __name__ == "__main__":
    sys.exit(main())
