//! What a payroll system embeds: the gateway, the driver and the committer.
