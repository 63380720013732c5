#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>What the compiler needs for records where the framework is older than they are.</summary>
internal static class IsExternalInit;
#endif
