namespace Ingest.Storage.Tests;

/// <summary>One thing that may happen to a file.</summary>
/// <param name="Kind">The class of damage.</param>
/// <param name="Where">Where in the file.</param>
/// <param name="Content">Makes what the file holds afterwards; null where it is gone.</param>
internal sealed record FileDamage(string Kind, string Where, Func<byte[]?> Content);
