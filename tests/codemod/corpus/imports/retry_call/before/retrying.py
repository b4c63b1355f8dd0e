def call_with_retry(function, kwargs, attempts=3):
    for attempt in range(attempts):
        try:
            return function(**kwargs)
        except ConnectionError:
            if attempt == attempts - 1:
                raise
