using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Proxima.Generator.Ir;

/// <summary>Reads what <see cref="TextPrinter"/> prints. Line breaks are blanks; the result is what was printed, node by node: nothing is folded.</summary>
internal sealed class TextParser
{
    private const int MaximalDepth = 100;

    private readonly string _text;
    private readonly Dictionary<string, Node> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dim> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dim> _anonymous = new(StringComparer.Ordinal);
    private int _at;

    private TextParser(string text) => _text = text;

    /// <exception cref="FormatException">The text is malformed; the message names the line.</exception>
    public static Function Parse(string text)
    {
        var parser = new TextParser(text);
        try
        {
            var function = parser.ReadFunction();
            parser.Skip();
            return parser._at == text.Length ? function : throw parser.Bad("unexpected text after the function");
        }
        catch (OverflowException)
        {
            throw parser.Bad("a size overflows");
        }
    }

    private Function ReadFunction()
    {
        Expect("func");
        var name = ReadName();
        var arguments = ImmutableArray.CreateBuilder<FunctionArgument>();
        Expect("(");
        while (!Take(")"))
        {
            if (arguments.Count > 0) Expect(",");
            var value = ReadName();
            Expect(":");
            var type = ReadType();
            var kind = ReadName() switch
            {
                "input" => ArgumentKind.Input,
                "weight" => ArgumentKind.Weight,
                "buffer" => ArgumentKind.Buffer,
                var other => throw Bad($"'{other}' is no kind of argument (input, weight, buffer)"),
            };
            var full = Peek() == '"' ? ReadString() : value;
            var node = new Node(Op.Parameter, type, [], text: full) { Name = Hint(value) is null ? null : full };
            arguments.Add(new FunctionArgument(node, kind, full));
            Define(value, node);
        }
        Expect("{");
        var bindings = ImmutableArray.CreateBuilder<SizeBinding>();
        var checks = ImmutableArray.CreateBuilder<EntryCheck>();
        var known = ImmutableArray.CreateBuilder<EntryCheck>();
        var indexChecks = ImmutableArray.CreateBuilder<IndexCheck>();
        var assumptions = ImmutableArray.CreateBuilder<Assumption>();
        while (true)
        {
            if (Take("bind"))
            {
                var size = ReadName();
                Expect("=");
                bindings.Add(new SizeBinding(size, ReadString(), ReadInt()) { Value = Take("as") ? ReadDim() : null });
            }
            else if (Take("know"))
            {
                known.Add(new EntryCheck(ReadDim(), ReadWord(), ReadDim(), ""));
            }
            else if (Take("classes"))
            {
                var argument = ReadInt();
                Expect("<");
                indexChecks.Add(new(argument, ReadDim()));
            }
            else if (Take("check"))
            {
                checks.Add(new EntryCheck(ReadDim(), ReadWord(), ReadDim(), ReadString()));
            }
            else if (Take("assume"))
            {
                assumptions.Add(new Assumption(ReadDim(), ReadWord(), ReadDim(), true));
            }
            else if (Take("refuse"))
            {
                assumptions.Add(new Assumption(ReadDim(), ReadWord(), ReadDim(), false));
            }
            else break;
        }
        while (!Take("return")) ReadStatement(0);
        var results = ImmutableArray.CreateBuilder<Node>();
        var names = ImmutableArray.CreateBuilder<string>();
        var states = ImmutableArray.CreateBuilder<string>();
        while (!Take("}"))
        {
            if (results.Count > 0) Expect(",");
            results.Add(ReadValue());
            if (Take("state")) states.Add(ReadString());
            else if (states.Count > 0) throw Bad("the new values of buffers come last");
            names.Add(Peek() == '"' ? ReadString() : "");
        }
        return new Function(
            name, arguments.ToImmutable(), results.ToImmutable(), names.ToImmutable(), bindings.ToImmutable(), checks.ToImmutable(), assumptions.ToImmutable())
        {
            IndexChecks = indexChecks.ToImmutable(),
            Known = known.ToImmutable(),
            States = states.ToImmutable(),
        };
    }

    private void ReadStatement(int depth)
    {
        if (Peek() == '(')
        {
            ReadLoop(depth);
            return;
        }
        var name = ReadName();
        Expect("=");
        var word = ReadName();
        if (!Enum.TryParse<Op>(word, out var op) || op is Op.Parameter or Op.Loop or Op.Result || char.IsDigit(word[0]))
            throw Bad($"'{word}' is no operation");
        var inputs = ImmutableArray.CreateBuilder<Node>();
        var routine = op == Op.Call ? ReadString() : "";
        if (Take("("))
        {
            do inputs.Add(ReadValue());
            while (Take(","));
            Expect(")");
        }
        var rule = op is Op.Ruled or Op.RuleTangent ? ReadRule(depth, inputs) : null;
        double number = 0;
        var text = routine;
        ImmutableArray<Dim> dims = [];
        ImmutableArray<int> ints = [];
        switch (op)
        {
            case Op.Full: number = ReadNumber(); break;
            case Op.Pad when Take("fill"): number = ReadNumber(); break;
            case Op.Number: text = ReadString(); break;
            case Op.Size: dims = ReadDims(); break;
        }
        if (Take("at")) dims = ReadDims();
        if (Take("step") || Take("axes") || Take("signs")) ints = ReadInts();
        Expect(":");
        Define(name, new Node(op, ReadType(), inputs.ToImmutable(), ints, dims, number, text, rule: rule) { Name = Hint(name) });
    }

    private RuleInfo ReadRule(int depth, ImmutableArray<Node>.Builder inputs)
    {
        if (depth > MaximalDepth) throw Bad("rules are nested too deeply");
        Expect("rule");
        var title = ReadString();
        var value = Take("value") ? ReadBody(depth, inputs) : null;
        Expect("back");
        var body = ReadBody(depth, inputs);
        return new RuleInfo(title, body.Results.Length, value, body);
    }

    /// <summary>A closed body with its parameters: with a type they are open, with a value they are bound.</summary>
    private Region ReadBody(int depth, ImmutableArray<Node>.Builder inputs)
    {
        var parameters = ImmutableArray.CreateBuilder<Node>();
        Expect("(");
        do
        {
            var name = ReadName();
            if (Take(":"))
            {
                parameters.Add(new Node(Op.Parameter, ReadType(), [], text: Hint(name) ?? "") { Name = Hint(name) });
                Define(name, parameters[parameters.Count - 1]);
            }
            else ReadBinding(name, parameters, inputs);
        }
        while (Take(","));
        Expect(")");
        Expect("{");
        while (!Take("yield")) ReadStatement(depth + 1);
        var results = ImmutableArray.CreateBuilder<Node>();
        while (!Take("}"))
        {
            if (results.Count > 0) Expect(",");
            results.Add(ReadValue());
        }
        return new Region(parameters.ToImmutable(), results.ToImmutable());
    }

    private void ReadLoop(int depth)
    {
        if (depth > MaximalDepth) throw Bad("loops are nested too deeply");
        var names = ImmutableArray.CreateBuilder<string>();
        Expect("(");
        while (!Take(")"))
        {
            if (names.Count > 0) Expect(",");
            names.Add(ReadName());
        }
        Expect("=");
        Expect("Loop");
        var counter = ReadName();
        Expect("<");
        var trips = ReadDim();
        var parameters = ImmutableArray.CreateBuilder<Node>();
        var inputs = ImmutableArray.CreateBuilder<Node>();
        ReadBindings("carry", parameters, inputs);
        var carries = inputs.Count;
        ReadBindings("capture", parameters, inputs);
        var histories = Take("histories") ? ReadInts() : [];
        var isReversed = Take("reversed");
        var recomputation = Take("checkpoint") ? Recomputation.Checkpoint : Take("again") ? Recomputation.Again : Recomputation.None;
        var recomputes = Take("recomputes");
        int? reversal = Take("reversal") ? ReadInt() : null;
        var solver = Take("solve") ? ReadSolver() : null;
        var stop = Take("while") ? ReadStop() : null;
        foreach (var history in histories)
            if (history < 0 || history >= carries) throw Bad($"the loop carries no value {history}");
        if (!_counters.ContainsKey(counter)) _counters.Add(counter, Dim.Counter(counter, trips));
        else throw Bad($"the counter '{counter}' is used twice");
        Expect("{");
        while (!Take("yield")) ReadStatement(depth + 1);
        var results = ImmutableArray.CreateBuilder<Node>();
        while (!Take("}"))
        {
            if (results.Count > 0) Expect(",");
            results.Add(ReadValue());
        }
        if (results.Count < carries) throw Bad($"a loop that carries {carries} values yields {results.Count}");
        var loop = new LoopInfo(counter, trips, carries, histories, results.Count - carries, new Region(parameters.ToImmutable(), results.ToImmutable()))
        {
            ReversesScans = isReversed, Recomputation = recomputation, Recomputes = recomputes, Reversal = reversal, Solver = solver, Stop = stop,
        };
        if (solver is not null && carries != 1) throw Bad("the search for a fixed point carries one value");
        if (stop is not null && stop.Carry >= carries) throw Bad($"the loop carries no value {stop.Carry}");
        _counters.Remove(counter);
        var types = Builder.ResultTypes(loop);
        if (types.Length != names.Count) throw Bad($"the loop has {types.Length} results, not {names.Count}");
        var node = new Node(Op.Loop, types.Length > 0 ? types[0] : new(DType.Float32, []), inputs.ToImmutable(), loop: loop);
        for (var i = 0; i < names.Count; i++)
            if (names[i] != "_") Define(names[i], new Node(Op.Result, types[i], [node], [i]) { Name = Hint(names[i]) });
    }

    private SolverInfo ReadSolver()
    {
        var name = ReadString();
        var word = ReadName();
        if (!Enum.TryParse<SolverKind>(word, out var kind)) throw Bad($"'{word}' is no solver");
        var isConstant = Take("constant");
        Expect("tolerance");
        var tolerance = ReadNumber();
        Expect("floor");
        var floor = ReadNumber();
        Expect("window");
        var window = ReadInt();
        Expect("damping");
        var damping = ReadNumber();
        Expect("regularization");
        var regularization = ReadNumber();
        Expect("batch");
        var batchDims = ReadInt();
        Expect("backward");
        return new(name, kind, tolerance, floor, window, damping, regularization, batchDims, isConstant, ReadNumber(), ReadInt());
    }

    private StopInfo ReadStop()
    {
        var carry = ReadInt();
        Expect(">");
        var tolerance = ReadNumber();
        return new(carry, tolerance, ReadString());
    }

    private void ReadBindings(string keyword, ImmutableArray<Node>.Builder parameters, ImmutableArray<Node>.Builder inputs)
    {
        if (!Take(keyword)) return;
        Expect("(");
        do ReadBinding(ReadName(), parameters, inputs);
        while (Take(","));
        Expect(")");
    }

    private void ReadBinding(string name, ImmutableArray<Node>.Builder parameters, ImmutableArray<Node>.Builder inputs)
    {
        Expect("=");
        var input = ReadValue();
        var parameter = new Node(Op.Parameter, input.Type, [], text: Hint(name) ?? "") { Name = Hint(name) };
        parameters.Add(parameter);
        inputs.Add(input);
        Define(name, parameter);
    }

    private void Define(string name, Node node)
    {
        if (_values.ContainsKey(name)) throw Bad($"'{name}' is defined twice");
        _values.Add(name, node);
    }

    private Node ReadValue()
    {
        var name = ReadName();
        return _values.TryGetValue(name, out var node) ? node : throw Bad($"'{name}' is not defined");
    }

    /// <summary>The name without its number; null for %1.</summary>
    private static string? Hint(string name)
    {
        if (name[0] == '%') return null;
        var dot = name.IndexOf('.');
        return dot < 0 ? name : name.Substring(0, dot);
    }

    private TensorType ReadType()
    {
        var word = ReadName();
        if (DTypes.Parse(word) is not { } dtype) throw Bad($"'{word}' is no element type (f32, f64, i64, bool)");
        return new TensorType(dtype, ReadDims());
    }

    private ImmutableArray<Dim> ReadDims()
    {
        var dims = ImmutableArray.CreateBuilder<Dim>();
        Expect("[");
        while (!Take("]")) dims.Add(ReadDim());
        return dims.ToImmutable();
    }

    private ImmutableArray<int> ReadInts()
    {
        var ints = ImmutableArray.CreateBuilder<int>();
        Expect("[");
        while (!Take("]")) ints.Add(ReadInt());
        return ints.ToImmutable();
    }

    private Dim ReadDim()
    {
        var word = ReadWord();
        var isAnonymous = word[0] == '?';
        if (Dim.Parse(isAnonymous ? word.Substring(1) : word) is not { } dim) throw Bad($"'{word}' is no size");
        if (isAnonymous) return _anonymous[dim.PlainName ?? throw Bad($"'{word}' is no name")] = Dim.Anonymous(dim.PlainName);
        return dim.Substitute(name => _counters.TryGetValue(name, out var known) || _anonymous.TryGetValue(name, out known) ? known : null);
    }

    private int ReadInt()
    {
        var word = ReadWord();
        return int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw Bad($"'{word}' is no whole number");
    }

    private double ReadNumber()
    {
        var word = ReadWord();
        // .NET Framework reads "-0" as 0.
        if (word == "-0") return -0.0;
        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw Bad($"'{word}' is no number");
    }

    private string ReadString()
    {
        Expect("\"");
        var word = new StringBuilder();
        for (; _at < _text.Length && _text[_at] != '"'; _at++)
        {
            if (_text[_at] != '\\') word.Append(_text[_at]);
            else if (++_at < _text.Length) word.Append(_text[_at] switch { 'n' => '\n', 'r' => '\r', var c => c });
        }
        if (_at >= _text.Length) throw Bad("'\"' is missing");
        _at++;
        return word.ToString();
    }

    /// <summary>A name: letters, digits, underscores, with a leading % or a dotted number.</summary>
    private string ReadName()
    {
        Skip();
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.' or '%' or '$')) _at++;
        return _at > start ? _text.Substring(start, _at - start) : throw Bad("a name is missing");
    }

    /// <summary>Everything up to a blank or a closing bracket: a size, a number or a relation.</summary>
    private string ReadWord()
    {
        Skip();
        var start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && _text[_at] != ']') _at++;
        return _at > start ? _text.Substring(start, _at - start) : throw Bad("a word is missing");
    }

    private char Peek()
    {
        Skip();
        return _at < _text.Length ? _text[_at] : '\0';
    }

    /// <summary>Takes the mark or the whole word if it comes next.</summary>
    private bool Take(string mark)
    {
        Skip();
        if (string.CompareOrdinal(_text, _at, mark, 0, mark.Length) != 0) return false;
        var end = _at + mark.Length;
        if (char.IsLetter(mark[0]) && end < _text.Length && (char.IsLetterOrDigit(_text[end]) || _text[end] is '_' or '.')) return false;
        _at = end;
        return true;
    }

    private void Expect(string mark)
    {
        if (!Take(mark)) throw Bad($"'{mark}' is missing");
    }

    private void Skip()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }

    private FormatException Bad(string reason)
    {
        var line = 1;
        for (var i = 0; i < Math.Min(_at, _text.Length); i++)
            if (_text[i] == '\n') line++;
        return new FormatException(string.Format(CultureInfo.InvariantCulture, "line {0}: {1}", line, reason));
    }
}
