"""Decides which text templates may be rendered in this process: those that can only print a little. Pure.

Of every expression the greatest possible size and work are known before anything runs, from the template alone and
from how large a story may be. What is not listed here is not harmless: it is rendered by the template process, which
has limits on memory and time. See docs/decisions/0023-text-templates.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from jinja2 import nodes
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.filters import FILTERS

from syndicate.rendering import template_words as words
from syndicate.rendering.story_sizes import NOTHING, STORIES, Story
from syndicate.rendering.template_words import Harmful, Value

MAX_TEMPLATE = 1_000_000
"""Bytes of a template's file."""

SOURCE_BYTES = 20_000
"""Bytes of a template that is worth a look; a longer one is not harmless."""

_SIZE = 10_000_000
"""Characters that the values of a template may have together: 40 MB at most. An entry of a list counts as twenty."""

_WORK = 200_000_000
"""Characters that all steps of a template may read: two seconds, if a story were made for it."""

_NUMBER = 20
_MARK = Value(1, 1)
_LISTS = ("categories", "authors", "images", "hashtags", "raw")
_SPECIAL = ("self", "super", "caller", "varargs", "kwargs")
_OBJECTS = ("article", "site", "account", "limits", "image")


class TooSlow(BaseException):
    """A template takes too long. Raised in its midst by the process that limits it.

    No Exception, since Jinja goes on after one of those where it computes what it can while it compiles.
    """


def largest_story(template: nodes.Template) -> Story:
    """The largest story with which this template is harmless; NOTHING if it is with none."""
    found = NOTHING
    for story in STORIES:
        try:
            _Judge(story).statements(template.body)
        except (Harmful, RecursionError):
            break
        found = story
    return found


class _Judge:
    """Goes through a template once, for stories of one size. Raises Harmful."""

    _kinds: ClassVar[dict[type, Callable[[_Judge, Any], Value]]] = {}

    def __init__(self, story: Story) -> None:
        self._story = story
        self._work = 0
        self._times = 1
        count = Value(_NUMBER, 0, number=True)
        self._named = {
            "link": Value(story.characters, story.characters),
            "media_count": count,
            "picture_number": count,
        }
        self._objects = set(_OBJECTS)
        self._later: set[str] = set()

    def statements(self, body: list[nodes.Node]) -> None:
        for each in body:
            match each:
                case nodes.Output():
                    for part in each.nodes:
                        self._of(part)
                case nodes.Assign(target=nodes.Name(name=name)):
                    self._assign(name, self._of(each.node))
                case nodes.If():
                    self._if(each)
                case nodes.For(recursive=False):
                    self._for(each)
                case _:
                    raise Harmful

    def _if(self, node: nodes.If) -> None:
        self._of(node.test)
        self.statements(node.body)
        self.statements(list(node.elif_))
        self.statements(node.else_)

    def _assign(self, name: str, value: Value) -> None:
        """Either branch of a condition may have set the name, so the larger value counts. No loop carries one over."""
        before = self._named.get(name)
        if name in self._objects or (before is not None and self._times > 1):
            raise Harmful
        if before is not None:
            number = value.number and before.number
            value = Value(max(value.size, before.size), max(value.entries, before.entries), number)
        self._named[name] = value
        if sum(each.size for each in self._named.values()) > _SIZE + self._story.characters:
            raise Harmful

    def _for(self, node: nodes.For) -> None:
        over = self._of(node.iter)
        if over.entries > self._story.entries:
            raise Harmful
        targets = node.target.items if isinstance(node.target, nodes.Tuple) else [node.target]
        with self._inside(node, max(over.entries, 1)):
            for target in targets:
                if not isinstance(target, nodes.Name) or target.name in self._named or target.name in self._objects:
                    raise Harmful
                self._named[target.name] = Value(over.size, over.size)
            if node.test is not None:
                self._of(node.test)
            self.statements(node.body)
        self.statements(node.else_)

    @contextmanager
    def _inside(self, loop: nodes.For, times: int) -> Iterator[None]:
        """A loop's body, which is done so many times; what it sets may not be read before it is set."""
        before = self._named, self._objects, self._later, self._times
        names = {name.name for name in loop.find_all(nodes.Name) if name.ctx == "store"}
        self._named, self._objects = dict(self._named), {*self._objects, "loop"}
        self._later, self._times = self._later | names, self._times * times
        yield
        self._named, self._objects, self._later, self._times = before

    def _of(self, node: nodes.Node) -> Value:
        """The bound of an expression's value, whose work is counted."""
        known = self._kinds.get(type(node))
        if known is None:
            raise Harmful
        value = known(self, node)
        return self._spent(value, value.size)

    def _spent(self, value: Value, work: int) -> Value:
        self._work += (work + 1) * self._times
        if value.size > _SIZE or self._work > _WORK:
            raise Harmful
        return value

    def _const(self, node: nodes.Const | nodes.TemplateData) -> Value:
        value = node.data if isinstance(node, nodes.TemplateData) else node.value
        if isinstance(value, str):
            return Value(len(value), len(value))
        if isinstance(value, (bool, type(None))) or (isinstance(value, (int, float)) and abs(value) < 10**9):
            return Value(_NUMBER, 0, number=True)
        raise Harmful

    def _name(self, node: nodes.Name) -> Value:
        """A name that nobody set is undefined: whatever is done with it ends the text with an error."""
        if node.name in self._named and node.ctx == "load":
            return self._named[node.name]
        if self._is_mark(node):
            return _MARK
        if node.ctx != "load" or node.name in (*self._objects, *self._later, *DEFAULT_NAMESPACE, *_SPECIAL):
            raise Harmful
        return Value(0, 0)

    def _is_mark(self, node: nodes.Node) -> bool:
        """Whether this is `part`, and not a name that the template sets itself."""
        if not isinstance(node, nodes.Name) or (node.name, node.ctx) != ("part", "load"):
            return False
        return node.name not in self._named and node.name not in self._later

    def _getattr(self, node: nodes.Getattr) -> Value:
        """A field of what the template is given; never a method, which only a call may name."""
        characters = self._story.characters
        if not isinstance(node.node, nodes.Name) or node.node.name not in self._objects:
            size = max(self._of(node.node).size, characters)
            return Value(size, size)
        if node.node.name == "loop":
            if node.attr not in ("index", "index0", "revindex", "revindex0", "first", "last", "length"):
                raise Harmful
            return Value(_NUMBER, 0, number=True)
        own = node.node.name == "article" and node.attr in _LISTS
        return Value(characters, self._story.entries if own else characters)

    def _getitem(self, node: nodes.Getitem) -> Value:
        base = self._of(node.node)
        if isinstance(node.arg, nodes.Slice):
            for bound in (node.arg.start, node.arg.stop, node.arg.step):
                if bound is not None:
                    self._of(bound)
            return base
        self._of(node.arg)
        size = max(base.size, self._story.characters)
        return Value(size, size)

    def _several(self, node: nodes.List | nodes.Tuple | nodes.Concat) -> Value:
        parts = [self._of(each) for each in (node.nodes if isinstance(node, nodes.Concat) else node.items)]
        size = sum(part.size for part in parts) + len(parts)
        return Value(size, size if isinstance(node, nodes.Concat) else len(parts))

    def _dict(self, node: nodes.Dict) -> Value:
        size = sum(self._of(pair.key).size + self._of(pair.value).size for pair in node.items)
        return Value(size + len(node.items), len(node.items))

    def _both(self, node: nodes.Or) -> Value:
        left, right = self._of(node.left), self._of(node.right)
        return Value(left.size + right.size, max(left.entries, right.entries))

    def _add(self, node: nodes.Add) -> Value:
        left, right = self._of(node.left), self._of(node.right)
        return Value(left.size + right.size, left.entries + right.entries, left.number and right.number)

    def _numbers(self, node: nodes.Sub) -> Value:
        left, right = self._of(node.left), self._of(node.right)
        if not (left.number and right.number):
            raise Harmful
        size = left.size + right.size
        return self._spent(Value(size, 0, number=True), size * size)

    def _one(self, node: nodes.Not | nodes.Neg | nodes.Pos) -> Value:
        return Value(max(self._of(node.node).size, _NUMBER), 0, number=True)

    def _compare(self, node: nodes.Compare) -> Value:
        size = self._of(node.expr).size + sum(self._of(each.expr).size for each in node.ops)
        self._spent(Value(0, 0), 10 * size)
        return Value(_NUMBER, 0, number=True)

    def _cond(self, node: nodes.CondExpr) -> Value:
        self._of(node.test)
        one = self._of(node.expr1)
        other = self._of(node.expr2) if node.expr2 is not None else Value(0, 0)
        return Value(max(one.size, other.size), max(one.entries, other.entries), one.number and other.number)

    def _test(self, node: nodes.Test) -> Value:
        if node.name not in words.TESTS or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise Harmful
        size = self._argument(node.node) + sum(self._of(each).size for each in node.args)
        self._spent(Value(0, 0), 10 * size)
        return Value(_NUMBER, 0, number=True)

    def _argument(self, node: nodes.Node) -> int:
        """The size of what a test looks at, which may be a name that nobody defined."""
        return 0 if isinstance(node, nodes.Name) else self._of(node).size

    def _call(self, node: nodes.Call) -> Value:
        if self._is_mark(node.node) and not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs):
            return _MARK
        if not isinstance(node.node, nodes.Getattr) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise Harmful
        base, method = self._of(node.node.node), node.node.attr
        arguments = [self._of(each) for each in node.args]
        if method in ("replace", "join", "strftime"):
            return words.growing(method, base, node.args, arguments)
        if method in words.SEARCHING and len(arguments) <= 1:
            return self._spent(base, base.size * max(words.lengths(node.args), default=1))
        if method not in words.METHODS:
            raise Harmful
        size = base.size * words.METHODS[method] + sum(each.size for each in arguments)
        return self._spent(Value(size, base.entries if method in words.VIEWS else size), 10 * size)

    def _filter(self, node: nodes.Filter) -> Value:
        if node.node is None or node.dyn_args or node.dyn_kwargs:
            raise Harmful
        base = self._of(node.node)
        arguments = [self._of(each) for each in (*node.args, *(pair.value for pair in node.kwargs))]
        if node.name in ("join", "replace") and not node.kwargs:
            if node.name == "join":
                base, arguments = (arguments or [Value(0, 0)])[0], [base, *arguments[1:]]
            return words.growing(node.name, base, node.args, arguments)
        if node.name == "map":
            name = words.mapped(node)
            size = base.size * words.FILTERS[name] + base.entries
            return self._spent(Value(size, base.entries), size * words.SLOW.get(name, 1))
        if node.name not in (*FILTERS, *words.FILTERS):
            return base  # there is none of that name, which ends the text with an error
        if node.name not in words.FILTERS or (node.name in words.WITHOUT_ARGUMENTS and arguments):
            raise Harmful
        size = base.size * words.FILTERS[node.name] + sum(each.size for each in arguments) + _NUMBER
        self._spent(Value(0, 0), size * words.SLOW.get(node.name, 1))
        if node.name in words.COUNTING:
            return Value(_NUMBER, 0, number=True)
        return Value(size, base.entries if node.name in words.LISTING else size)

    _kinds |= {
        nodes.Const: _const,
        nodes.TemplateData: _const,
        nodes.Name: _name,
        nodes.Getattr: _getattr,
        nodes.Getitem: _getitem,
        nodes.Call: _call,
        nodes.Filter: _filter,
        nodes.Test: _test,
        nodes.Compare: _compare,
        nodes.CondExpr: _cond,
        nodes.Dict: _dict,
        nodes.Add: _add,
    }
    _kinds |= dict.fromkeys((nodes.List, nodes.Tuple, nodes.Concat), _several)
    _kinds |= dict.fromkeys((nodes.And, nodes.Or), _both)
    _kinds |= dict.fromkeys((nodes.Sub, nodes.FloorDiv, nodes.Div, nodes.Mod, nodes.Mul), _numbers)
    _kinds |= dict.fromkeys((nodes.Not, nodes.Neg, nodes.Pos), _one)
