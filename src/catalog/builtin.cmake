# Writes the files of data/ as byte arrays into a C file (see builtin.h).
#
#     cmake -DOUTPUT=builtin.c -DDATA_DIR=data "-DFILES=devices.json;models/qwen.json" -P builtin.cmake
#
# Files are taken byte by byte, in the order given.
cmake_minimum_required(VERSION 3.16)

foreach(variable OUTPUT DATA_DIR FILES)
  if(NOT DEFINED ${variable} OR "${${variable}}" STREQUAL "")
    message(FATAL_ERROR "builtin.cmake: ${variable} is not set")
  endif()
endforeach()

set(arrays "")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  file(READ "${DATA_DIR}/${file}" hex HEX)
  if(hex STREQUAL "")
    message(FATAL_ERROR "builtin.cmake: ${DATA_DIR}/${file} is empty")
  endif()
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const unsigned char file_${number}[${size}] = {${bytes}};\n")
  string(APPEND rows "    {\"${file}\", file_${number}, sizeof file_${number}},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE "${OUTPUT}" "/* Written by builtin.cmake from data/. */
#include \"catalog/builtin.h\"

${arrays}
const struct lf_builtin_file lf_builtin_files[] = {
${rows}};
const size_t lf_builtin_file_count = ${number};
")
