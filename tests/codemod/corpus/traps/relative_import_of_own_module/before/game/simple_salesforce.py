class Salesforce:
    """A board game's sales force."""

    def __init__(self, **options):
        self.options = options
