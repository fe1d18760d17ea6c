"""What the decision service and the console share as servers: which requests are admitted, and how a server is run and stopped."""
