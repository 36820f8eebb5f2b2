// Executable pages on Windows: one section of the paging file per region, with up to two views of the same pages.
//
//   view of code      PAGE_EXECUTE_READ   from reserve to release
//   view to write     PAGE_READWRITE      only while bytes are written, at another address each time
//
// A published page never changes its protection, so code on it runs on undisturbed while its neighbour is written.
#define WIN32_LEAN_AND_MEAN

#include "pages.h"

#include <errno.h>
#include <string.h>
#include <windows.h>

#include "trap.h"

// winerror.h; mingw's does not have it yet. The process forbids new code ("Arbitrary Code Guard").
#ifndef ERROR_DYNAMIC_CODE_BLOCKED
#define ERROR_DYNAMIC_CODE_BLOCKED 1655L
#endif

static SYSTEM_INFO system_info(void)
{
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info;
}

size_t pages_size(void)
{
  return system_info().dwPageSize;
}

// The callers speak errno; what has no counterpart there is EIO.
static int last_error(void)
{
  switch (GetLastError()) {
  case ERROR_NOT_ENOUGH_MEMORY:
  case ERROR_OUTOFMEMORY:
  case ERROR_COMMITMENT_LIMIT:
  case ERROR_NO_SYSTEM_RESOURCES:
    return ENOMEM;
  case ERROR_ACCESS_DENIED:
  case ERROR_DYNAMIC_CODE_BLOCKED:
    return EACCES;
  case ERROR_INVALID_PARAMETER:
    return EINVAL;
  default:
    return EIO;
  }
}

// Maps a part of the section for writing. A view begins at a multiple of the allocation granularity (MapViewOfFile).
static uint8_t *map_writable(HANDLE section, size_t offset, size_t count, void **view)
{
  size_t before = offset % system_info().dwAllocationGranularity;
  uint64_t start = offset - before;
  *view = MapViewOfFile(section, FILE_MAP_WRITE, (DWORD)(start >> 32), (DWORD)start, before + count);
  return *view == NULL ? NULL : (uint8_t *)*view + before;
}

static int map_and_fill(HANDLE section, size_t size, struct code_pages *out)
{
  void *view = NULL;
  uint8_t *bytes = map_writable(section, 0, size, &view);
  if (bytes == NULL)
    return last_error();
  memset(bytes, TRAP, size);
  UnmapViewOfFile(view);
  void *address = MapViewOfFile(section, FILE_MAP_READ | FILE_MAP_EXECUTE, 0, 0, size);
  if (address == NULL)
    return last_error();
  *out = (struct code_pages){.address = address, .size = size, .file = (intptr_t)section};
  return 0;
}

int pages_reserve(size_t size, struct code_pages *out)
{
  if (size == 0 || size % pages_size() != 0)
    return EINVAL;
  if (size > PAGES_LIMIT)
    return ENOMEM;
  // The section allows all that any of its views may; each view has its own protection (CreateFileMapping).
  HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_EXECUTE_READWRITE, 0, (DWORD)size, NULL);
  if (section == NULL)
    return last_error();
  int error = map_and_fill(section, size, out);
  if (error != 0)
    CloseHandle(section);
  return error;
}

int pages_write(const struct code_pages *pages, size_t offset, const void *bytes, size_t count)
{
  if (count == 0)
    return 0;
  void *view = NULL;
  uint8_t *target = map_writable((HANDLE)pages->file, offset, count, &view);
  if (target == NULL)
    return last_error();
  memcpy(target, bytes, count);
  int error = UnmapViewOfFile(view) ? 0 : last_error();
  // The address that instructions are fetched from, not the one that was written (FlushInstructionCache).
  if (!FlushInstructionCache(GetCurrentProcess(), pages->address + offset, count) && error == 0)
    error = last_error();
  return error;
}

int pages_release(const struct code_pages *pages)
{
  int error = UnmapViewOfFile(pages->address) ? 0 : last_error();
  CloseHandle((HANDLE)pages->file);
  return error;
}

// Between the two calls another thread may be given the addresses; Windows has no call that does both for such a view.
int pages_retire(const struct code_pages *pages)
{
  int error = pages_release(pages);
  if (error == 0 && VirtualAlloc(pages->address, pages->size, MEM_RESERVE, PAGE_NOACCESS) == NULL)
    error = last_error();
  return error;
}
