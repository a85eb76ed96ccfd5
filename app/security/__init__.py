"""Security: second factors, passkeys, fresh authentication, and the devices somebody is logged in on."""
