using System.Reflection;
using System.Reflection.Emit;

namespace Proxima.Examples;

/// <summary>How often a compiled method takes derivatives of derivatives, read from the declarations: a derivative has an attribute that names its source, and a body the calls that it makes.</summary>
internal static class Differentiation
{
    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>0 for a method that takes no derivative, 1 for a derivative of such a method and what calls it, and so on.</summary>
    /// <param name="network">The declared class.</param>
    /// <param name="method">The name of one of its methods.</param>
    /// <exception cref="MissingMethodException">The class has no method of this name.</exception>
    public static int Order(Type network, string method) => Order(network, method, []);

    /// <summary>The highest order of all overloads, some of which the compiler adds.</summary>
    private static int Order(Type type, string name, HashSet<(Type, string)> path)
    {
        if (!path.Add((type, name))) return 0;
        var overloads = type.GetMember(name, MemberTypes.Method, BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Cast<MethodInfo>().ToArray();
        if (overloads.Length == 0) throw new MissingMethodException(type.Name, name);
        var order = overloads.Max(method => Order(method, path));
        path.Remove((type, name));
        return order;
    }

    private static int Order(MethodInfo method, HashSet<(Type, string)> path)
    {
        foreach (var attribute in method.GetCustomAttributes())
        {
            var (own, of) = attribute switch
            {
                ProxRuleAttribute or CustomGradientAttribute => (0, null),
                HvpAttribute or HessianTraceAttribute => (2, Named()),
                GradientAttribute or JvpAttribute or VjpAttribute or JacobianAttribute or DivergenceAttribute => (1, Named()),
                UnrollAttribute unroll => (1, unroll.Smooth),
                // What else is derived is of the order of its source.
                _ => (0, Named()),
            };
            if (of is not null) return own + Order(method.DeclaringType!, of, path);

            string? Named() => attribute.GetType().GetProperty("Of")?.GetValue(attribute) as string;
        }
        return Calls(method).Select(called => Order(called.DeclaringType!, called.Name, path)).DefaultIfEmpty(0).Max();
    }

    /// <summary>The methods of networks, and the functions of this project, that a body calls.</summary>
    private static IEnumerable<MethodInfo> Calls(MethodInfo method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var i = 0; i < code.Length;)
        {
            var op = s_codes[code[i] == 0xFE ? unchecked((short)(0xFE00 | code[i + 1])) : code[i]];
            i += op.Size;
            if (op.OperandType == OperandType.InlineMethod
                && method.Module.ResolveMethod(BitConverter.ToInt32(code, i), method.DeclaringType!.GetGenericArguments(), method.GetGenericArguments()) is MethodInfo called
                && called.Module == method.Module) yield return called;
            i += op.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, i),
                _ => 4,
            };
        }
    }
}
