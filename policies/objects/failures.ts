/** The object is none that the API server could read: it answers 400 Bad Request before any policy. */
export class Undecodable extends Error {}

/** It is not known what the API server makes of the object; the message names what of it. */
export class Unknowable extends Error {}
