// Things that JavaScript names by a number: an index that means nothing is found out, a wild pointer would not be.
#ifndef INTERFIX_TABLE_H
#define INTERFIX_TABLE_H

#include <stdbool.h>
#include <stdint.h>

// A cell holds a pointer (even), or, with bit 0 set, one plus the index of the next free cell (0: none) shifted left.
struct table {
  uintptr_t *cells;
  uint32_t length;
  uint32_t capacity;
  uint32_t first_free;
};

// False when there is no memory; the table is as before.
bool table_add(struct table *table, void *item, uint32_t *index);
// NULL if nothing has that index.
void *table_get(const struct table *table, uint32_t index);
// Puts another item at the place of one.
void table_set(struct table *table, uint32_t index, void *item);
// Removes and returns it.
void *table_take(struct table *table, uint32_t index);
bool table_is_empty(const struct table *table);
// Frees the table, not the items.
void table_clear(struct table *table);

#endif
