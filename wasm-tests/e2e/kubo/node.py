"""Runs one Kubo node, connects it to one peer, and fetches one CID from there.

Called with the path of Kubo as a library, a folder for the node, a file with its identity (`PeerID` and `PrivKey` as
in Kubo's configuration), the peer's multiaddress, the CID, and the path to save to. Ends with an error if the peer
cannot be connected or the CID cannot be fetched.
"""

import ctypes
import json
import pathlib
import sys

library, repo, identity, peer, cid, to = sys.argv[1:]
kubo = ctypes.CDLL(library)


def call(function, *words):
    result = getattr(kubo, function)(repo.encode(), *(word.encode() for word in words))
    if ctypes.c_int(result).value < 0:
        sys.exit(f"Kubo's {function} gave {result}")


call("CreateRepo")
file = pathlib.Path(repo, "config")
config = json.loads(file.read_text())
config["Identity"] = json.loads(pathlib.Path(identity).read_text())
# The node knows nobody but the peer.
config["Bootstrap"] = []
config["Discovery"] = {"MDNS": {"Enabled": False}}
config["Routing"] = {"Type": "none"}
config["Addresses"]["Swarm"] = ["/ip4/127.0.0.1/tcp/0"]
config["AutoTLS"] = {"Enabled": False}
file.write_text(json.dumps(config))

call("RunNode")
call("ConnectToPeer", peer)
call("Download", cid, to)
call("CleanupNode")
