// Environments that have ended while C may still hold pointers into their code.
#ifndef INTERFIX_QUARANTINE_H
#define INTERFIX_QUARANTINE_H

struct environment;

// Owns the closed environment from now on.
void quarantine_add(struct environment *environment);

#endif
