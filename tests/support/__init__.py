"""What tests start and talk to: real processes on ports of the kernel's choice."""
