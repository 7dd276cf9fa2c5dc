"""People's data, their links and keys, who may pass, and the time: what every floor stands on."""
