// Shared libraries through LoadLibraryEx. Decides where they are looked for, not who may use them.
#define WIN32_LEAN_AND_MEAN
// The functions of psapi.h are in kernel32 then (EnumProcessModules, "Remarks").
#define PSAPI_VERSION 2

#include "library.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <psapi.h>

// What library_open gives for the program: a symbol is then looked for in all modules, as dlsym does. No module lies here.
static const char PROGRAM = 0;

// The system's text in its own language, without its line end, and the number, which is the same in every language.
static void take_message(DWORD error, struct loader_message *message)
{
  wchar_t wide[200] = L"";
  char text[3 * sizeof wide / sizeof wide[0]] = "";
  DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
  DWORD length = FormatMessageW(flags, NULL, error, 0, wide, sizeof wide / sizeof wide[0], NULL);
  while (length > 0 && wide[length - 1] == L' ')
    wide[--length] = L'\0';
  WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, sizeof text, NULL, NULL);
  const char *shown = text[0] != '\0' ? text : "the loader gave no reason";
  snprintf(message->text, sizeof message->text, "%.480s (%lu)", shown, (unsigned long)error);
}

// The caller frees it. NULL if it is no UTF-8, or there is no memory.
static wchar_t *wide_path(const char *path)
{
  int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0);
  wchar_t *wide = length == 0 ? NULL : malloc((size_t)length * sizeof *wide);
  if (wide == NULL)
    return NULL;
  MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, length);
  // LoadLibraryEx asks for backslashes.
  for (wchar_t *at = wide; *at != L'\0'; at++) {
    if (*at == L'/')
      *at = L'\\';
  }
  return wide;
}

static bool is_absolute(const wchar_t *path)
{
  bool drive = path[0] != L'\0' && path[1] == L':' && path[2] == L'\\';
  return drive || (path[0] == L'\\' && path[1] == L'\\');
}

void *library_open(const char *path, struct loader_message *message)
{
  if (path == NULL)
    return (void *)&PROGRAM;
  wchar_t *wide = wide_path(path);
  if (wide == NULL) {
    take_message(ERROR_INVALID_NAME, message);
    return NULL;
  }
  // The libraries that an absolute one needs are looked for beside it first; the flag is for absolute paths only.
  HMODULE library = LoadLibraryExW(wide, NULL, is_absolute(wide) ? LOAD_WITH_ALTERED_SEARCH_PATH : 0);
  if (library == NULL)
    take_message(GetLastError(), message);
  free(wide);
  return library;
}

static void *address_of(HMODULE module, const char *name)
{
  return (void *)(uintptr_t)GetProcAddress(module, name);
}

// In the order in which the modules were loaded, the program first. NULL also without memory for their list.
static void *symbol_of_program(const char *name)
{
  DWORD needed = 0;
  if (!EnumProcessModules(GetCurrentProcess(), NULL, 0, &needed))
    return NULL;
  DWORD size = needed;
  HMODULE *modules = malloc(size);
  void *address = NULL;
  if (modules == NULL || !EnumProcessModules(GetCurrentProcess(), modules, size, &needed))
    needed = 0;
  // Another thread may have loaded more in between.
  DWORD count = (needed < size ? needed : size) / sizeof *modules;
  for (DWORD i = 0; i < count && address == NULL; i++)
    address = address_of(modules[i], name);
  free(modules);
  return address;
}

void *library_symbol(void *library, const char *name)
{
  return library == &PROGRAM ? symbol_of_program(name) : address_of(library, name);
}

bool library_close(void *library, struct loader_message *message)
{
  if (library == &PROGRAM || FreeLibrary(library))
    return true;
  take_message(GetLastError(), message);
  return false;
}

bool library_pin(const void *inside, struct loader_message *message)
{
  HMODULE module = NULL;
  DWORD flags = GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
  if (GetModuleHandleExW(flags, (LPCWSTR)inside, &module))
    return true;
  take_message(GetLastError(), message);
  return false;
}
