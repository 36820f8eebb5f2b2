// What is counted for each callback, and which counts wait to be reported. Each kind is reported once per callback: a
// thread that hammers a disposed pointer must not flood anybody.
#include "queue.h"

void queue_report(struct queue *queue, struct gate *gate, enum report kind)
{
  uint32_t bit = 1U << kind;
  if ((atomic_load_explicit(&gate->reported, memory_order_relaxed) & bit) != 0 || gate->block->forgotten)
    return;
  atomic_fetch_or_explicit(&gate->reported, bit, memory_order_relaxed);
  if (gate->pending == 0) {
    gate->next_report = queue->first_report;
    queue->first_report = gate;
  }
  gate->pending |= bit;
  queue_wake(queue);
}

void queue_count_locked(struct queue *queue, struct gate *gate, enum report kind)
{
  gate_increment(gate, kind);
  queue_report(queue, gate, kind);
}

void queue_count(struct queue *queue, struct gate *gate, enum report kind)
{
  gate_increment(gate, kind);
  if ((atomic_load_explicit(&gate->reported, memory_order_relaxed) & 1U << kind) != 0)
    return;
  mutex_lock(&queue->mutex);
  if (!queue->closed)
    queue_report(queue, gate, kind);
  mutex_unlock(&queue->mutex);
}

bool queue_take_report(struct queue *queue, struct gate **gate, enum report *kind)
{
  mutex_lock(&queue->mutex);
  struct gate *first = queue->first_report;
  if (first != NULL) {
    uint32_t bit = first->pending & (~first->pending + 1);
    first->pending &= ~bit;
    *gate = first;
    for (*kind = REFUSED; 1U << *kind != bit;)
      *kind = (enum report)(*kind + 1);
    if (first->pending == 0)
      queue->first_report = first->next_report;
  }
  mutex_unlock(&queue->mutex);
  return first != NULL;
}

void queue_forget(struct queue *queue, struct block *block)
{
  mutex_lock(&queue->mutex);
  block->forgotten = true;
  for (struct gate **place = &queue->first_report; *place != NULL;) {
    if ((*place)->block == block)
      *place = (*place)->next_report;
    else
      place = &(*place)->next_report;
  }
  mutex_unlock(&queue->mutex);
}
