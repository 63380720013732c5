#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>The name of an argument, for messages, where the framework is older than the attribute.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class CallerArgumentExpressionAttribute(string parameterName) : Attribute
{
    public string ParameterName { get; } = parameterName;
}
#endif
