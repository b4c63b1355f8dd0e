import os

DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'PASSWORD': os.environ['PG_PASSWORD']}}
DATABASE_ROUTERS = ['salesforce.router.ModelRouter']

DATABASES['salesforce'] = {
    'ENGINE': 'salesforce.backend',
    'CONSUMER_KEY': os.environ['SF_CONSUMER_KEY'],
    'CONSUMER_SECRET': os.environ['SF_CONSUMER_SECRET'],
    'USER': os.environ['SF_USERNAME'],
    'PASSWORD': os.environ['SF_PASSWORD'] + os.environ['SF_TOKEN'],
    'HOST': os.environ.get('SF_HOST', 'https://acme.my.salesforce.com'),
}
