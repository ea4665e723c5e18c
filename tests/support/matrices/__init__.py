"""The order state changes of FIX 4.2 Appendix D and FIX 4.4 Volume 4, as conversations from the desk's side."""
