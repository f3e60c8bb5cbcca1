"""`make quality`: every model's quality on real data. A service adds its check to the table below."""

import sys

from bench.quality import churn, clusters, links, search, sentiment, sts
from bench.quality.run import main

CHECKS = {
    "sts": sts.measure,
    "search": search.measure,
    "clusters": clusters.measure,
    "links": links.measure,
    "churn": churn.measure_all,
    "sentiment": sentiment.measure,
}

sys.exit(main(CHECKS))
