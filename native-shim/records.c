// Callbacks and their calls as the queue knows them: how long each of the two lives.
#include "queue.h"

#include <stdlib.h>

void block_open(struct block *block)
{
  atomic_init(&block->references, 1);
}

void gate_open(struct gate *gate, struct block *block, int32_t id)
{
  gate->block = block;
  gate->id = id;
  atomic_init(&gate->closed, 0);
  atomic_init(&gate->reported, 0);
  for (int kind = 0; kind < REPORTS; kind++)
    atomic_init(&gate->counts[kind], 0);
}

void block_hold(struct block *block)
{
  atomic_fetch_add_explicit(&block->references, 1, memory_order_relaxed);
}

void block_release(struct block *block)
{
  // What each holder did with the block must come before its end.
  if (atomic_fetch_sub_explicit(&block->references, 1, memory_order_acq_rel) == 1)
    free(block);
}

void gate_increment(struct gate *gate, enum report kind)
{
  atomic_fetch_add_explicit(&gate->counts[kind], 1, memory_order_relaxed);
}

struct record *record_create(struct gate *gate, size_t size)
{
  // Zeroed: the whole record becomes visible to JavaScript, between its fields too.
  struct record *record = calloc(1, sizeof *record + size);
  if (record == NULL)
    return NULL;
  block_hold(gate->block);
  record->gate = gate;
  record->references = 1;
  return record;
}

void record_unreference(struct record *record)
{
  if (--record->references > 0)
    return;
  block_release(record->gate->block);
  free(record);
}

void queue_release(struct queue *queue, struct record *record)
{
  mutex_lock(&queue->mutex);
  record_unreference(record);
  mutex_unlock(&queue->mutex);
}
