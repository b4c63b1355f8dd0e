variable "sf_password" {
  type      = string
  sensitive = true
}

resource "aws_lambda_function" "sync" {
  function_name = "ledger-sync"
  environment {
    variables = {
      SF_USERNAME = "agent@acme.example"
      SF_PASSWORD = var.sf_password
      SF_TOKEN    = var.sf_token
    }
  }
}
