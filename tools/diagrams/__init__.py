"""Pictures of the constructs, drawn from their synthesized templates: `make diagrams`.

Nothing in a picture is drawn by hand. A template's resources become parts (`parts.py` names them),
its references, roles and security groups become arrows (`links.py`), its subnets become places
(`places.py`), and graphviz lays it all out (`dot.py`, `svg.py`). The same numbers stand in the
picture and in the list of parts that `page.py` writes into the construct's page.
"""
