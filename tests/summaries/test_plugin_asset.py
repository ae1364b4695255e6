"""Objects of plugins: one for each graph."""

import pytest

from perdure import tf
from perdure.summaries.plugin_asset import PluginAsset, get_all_plugin_assets, get_plugin_asset


class Asset(PluginAsset):
    plugin_name = "asset"

    def assets(self):
        return {}


class Same(Asset):
    pass


class Nameless(Asset):
    plugin_name = None


def test_one_for_each_graph():
    """Whoever asks for it gets the same one."""
    with tf.Graph().as_default() as graph:
        asset = get_plugin_asset(Asset)
        assert get_plugin_asset(Asset, graph) is asset and get_all_plugin_assets() == [asset]
        with pytest.raises(ValueError, match="Plugin name collision between classes Same and Asset"):
            get_plugin_asset(Same)
        with pytest.raises(ValueError, match="Class Nameless has no plugin_name"):
            get_plugin_asset(Nameless)
    assert get_plugin_asset(Asset, tf.Graph()) is not asset
    assert get_all_plugin_assets(tf.Graph()) == []
    with pytest.raises(TypeError, match="abstract"):
        PluginAsset()
