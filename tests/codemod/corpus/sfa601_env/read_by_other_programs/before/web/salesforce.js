const token = process.env.SF_TOKEN
