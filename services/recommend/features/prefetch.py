"""Tells the processor which element of an array will be wanted soon: rows of a network lie far apart in memory."""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

_READ, _KEEP, _DATA = 0, 3, 1  # the operands of llvm.prefetch


def _prefetch(_typing: Any, array: Any, index: Any) -> Any:
    """Begin to load `array[index]` in compiled code; nothing waits for it, and no index can do harm."""
    return types.void(array, index), _generate


prefetch = cast("Callable[[Any, int], None]", intrinsic(_prefetch))


def _generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    address = ir.IntType(8).as_pointer()
    operands = [ir.Constant(ir.IntType(32), value) for value in (_READ, _KEEP, _DATA)]
    kind = ir.FunctionType(ir.VoidType(), [address, *(one.type for one in operands)])
    function = builder.module.declare_intrinsic("llvm.prefetch", [address], kind)
    builder.call(function, [builder.bitcast(builder.gep(array.data, [arguments[1]]), address), *operands])
    return context.get_dummy_value()
