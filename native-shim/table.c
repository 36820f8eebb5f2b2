// A table of pointers with stable indices and a free list. Decides nothing about what the pointers own.
#include "table.h"

#include <stdlib.h>

static bool grow(struct table *table)
{
  // Indices cross to JavaScript as int32 beside negative error numbers.
  if (table->capacity > INT32_MAX / 2)
    return false;
  uint32_t capacity = table->capacity == 0 ? 16 : table->capacity * 2;
  uintptr_t *cells = realloc(table->cells, capacity * sizeof *cells);
  if (cells == NULL)
    return false;
  table->cells = cells;
  table->capacity = capacity;
  return true;
}

bool table_add(struct table *table, void *item, uint32_t *index)
{
  if (table->first_free != 0) {
    *index = table->first_free - 1;
    table->first_free = (uint32_t)(table->cells[*index] >> 1);
  } else {
    if (table->length == table->capacity && !grow(table))
      return false;
    *index = table->length++;
  }
  table->cells[*index] = (uintptr_t)item;
  return true;
}

void *table_get(const struct table *table, uint32_t index)
{
  if (index >= table->length || (table->cells[index] & 1) != 0)
    return NULL;
  return (void *)table->cells[index];
}

void table_set(struct table *table, uint32_t index, void *item)
{
  table->cells[index] = (uintptr_t)item;
}

void *table_take(struct table *table, uint32_t index)
{
  void *item = table_get(table, index);
  if (item != NULL) {
    table->cells[index] = (uintptr_t)table->first_free << 1 | 1;
    table->first_free = index + 1;
  }
  return item;
}

bool table_is_empty(const struct table *table)
{
  for (uint32_t i = 0; i < table->length; i++) {
    if (table_get(table, i) != NULL)
      return false;
  }
  return true;
}

void table_clear(struct table *table)
{
  free(table->cells);
  *table = (struct table){0};
}
