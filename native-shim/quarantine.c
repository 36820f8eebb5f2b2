// Environments that have ended while C may still hold pointers into their code. The pointers go on giving a zeroed
// result. Decides how long: until so many others have ended later.
//
// It is static, because it belongs to no environment: a worker's state has to outlive the worker, in a process where the
// main thread may never have loaded this addon. It stays reachable until the process ends, so no tool calls it a leak.
#include "quarantine.h"

#include "environment.h"

enum { PLACES = 64 };

static struct mutex mutex = MUTEX_STATIC;
// From the oldest to the youngest.
static struct environment *places[PLACES];
static uint32_t length;

// The oldest without a thread inside. If there is none, the oldest of all is given up: it is never freed.
static struct environment *evict(void)
{
  uint32_t place = 0;
  while (place < PLACES && atomic_load(&places[place]->in_flight) != 0)
    place++;
  struct environment *found = place < PLACES ? places[place] : NULL;
  for (uint32_t i = found != NULL ? place : 0; i + 1 < PLACES; i++)
    places[i] = places[i + 1];
  length--;
  return found;
}

void quarantine_add(struct environment *environment)
{
  mutex_lock(&mutex);
  struct environment *old = length == PLACES ? evict() : NULL;
  places[length++] = environment;
  mutex_unlock(&mutex);
  if (old != NULL)
    environment_free(old);
}
