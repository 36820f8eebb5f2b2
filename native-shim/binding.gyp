{
  'targets': [
    {
      'target_name': 'interfix',
      'sources': ['shim.c', 'arguments.c', 'callbacks.c', 'environment.c', 'table.c'],
      'defines': ['NAPI_VERSION=8'],
      'cflags': ['-std=c11', '-Wall', '-Wextra', '-fvisibility=hidden'],
      'conditions': [
        ['OS == "linux"', {'sources': ['pages_posix.c', 'library_posix.c']}],
      ],
    },
  ],
}
