"""Where a running cluster is, in words."""

import pytest

from minisvc.cluster import Cluster
from minisvc.live.addresses import stored


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "redis"}, ", kept in "),
        ({"state": "signed_token", "deny_list": True}, ", its deny-list in "),
        ({"state": "signed_token"}, ""),
        ({"state": "memory"}, ""),
    ],
)
def test_a_store_is_named_with_what_is_in_it(fields, said):
    with Cluster("cart", instances=1, **fields) as shop:
        told = stored(shop, "cart")
        assert told.startswith(said)
        assert (shop.store.shown_url in told) if shop.store else told == ""
