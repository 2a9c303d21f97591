"""Who hears of what, where and when: written down in the transaction of the deed, sent by the worker."""
