using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;

namespace Ingest.Schemas;

/// <summary>
/// Schemas by their Iglu URI, from a folder in the static layout <c>ROOT/schemas/VENDOR/NAME/FORMAT/VERSION</c>. What was
/// looked up once is remembered, also that it is not there; to take up changed files, make a new folder. Safe for
/// concurrent use.
/// </summary>
public sealed class SchemaFolder
{
    private const string SchemasFolder = "schemas";

    private static readonly SchemaLookup s_notAName = Unknown(
        "the name of a schema must be iglu:vendor/name/jsonschema/version, such as iglu:com.acme/signup/jsonschema/1-0-0");

    private readonly string _root;
    private readonly SchemaOptions _options;
    private readonly PatternCache _patterns;
    private readonly ConcurrentDictionary<string, SchemaLookup> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SchemaLookup>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <summary>All files of the folder, listed once too many unknown names were asked for; null where they are too many.</summary>
    private readonly Lazy<FrozenSet<string>?> _files;

    private int _schemaCount;
    private int _unknownCount;

    /// <summary>Opens a folder; files are read when first asked for.</summary>
    /// <param name="root">The folder that has <c>schemas</c> in it, or the <c>schemas</c> folder itself.</param>
    /// <param name="limits">Bounds on schemas, instances and memory; null for the defaults.</param>
    /// <exception cref="ArgumentException">The limits do not fit together: <see cref="SchemaLimits.Violations"/>.</exception>
    public SchemaFolder(string root, SchemaLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        limits?.Check();
        var below = Path.Combine(root, SchemasFolder);
        _root = Path.GetFullPath(Directory.Exists(below) ? below : root);
        _options = new SchemaOptions { Limits = limits ?? SchemaLimits.Default, Resolver = Resolve };
        _patterns = new PatternCache(_options.Limits);
        _lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        _files = new Lazy<FrozenSet<string>?>(ListFiles, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>
    /// Looks up <c>iglu:vendor/name/jsonschema/version</c>. Does not allocate for a schema that has been asked for before.
    /// A file that cannot be read gives <see cref="SchemaLookupStatus.Invalid"/>, and is tried again next time.
    /// </summary>
    public SchemaLookup Find(ReadOnlySpan<byte> igluUri)
    {
        Span<char> chars = stackalloc char[IgluName.CharsMax];
        if (igluUri.Length > chars.Length || Ascii.ToUtf16(igluUri, chars, out var length) != OperationStatus.Done)
            return s_notAName;
        var uri = chars[..length];
        return _lookup.TryGetValue(uri, out var known) ? known : Load(uri.ToString());
    }

    private SchemaLookup Load(string uri)
    {
        if (IgluName.PathOf(uri) is not { } path)
            return s_notAName;
        if (path.Split('/')[2] is not "jsonschema")
            return Remember(uri, Unknown($"{uri} is not of the format jsonschema, the only one that is understood"));
        try
        {
            if (IsSurelyNotThere(path))
                return NotThere(path);
            return Remember(uri, Read(path) is { } bytes ? Compile(uri, bytes) : NotThere(path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Invalid($"the file {path} in the schema folder cannot be read: {unreadable.Message}");
        }
    }

    private SchemaLookup Compile(string uri, byte[] bytes)
    {
        try
        {
            var schema = JsonSchema.Compile(bytes, _options with { BaseUri = uri }, _patterns);
            return new SchemaLookup(SchemaLookupStatus.Found, schema, null);
        }
        catch (SchemaException invalid)
        {
            return Invalid(invalid.Message);
        }
    }

    private static SchemaLookup NotThere(string path) => Unknown($"there is no file {path} in the schema folder");

    private static SchemaLookup Unknown(string message) => new(SchemaLookupStatus.Unknown, null, message);

    private static SchemaLookup Invalid(string message) => new(SchemaLookupStatus.Invalid, null, message);

    /// <summary>Keeps an answer while there is room. Of several threads that found it, the first one's is kept and counted.</summary>
    private SchemaLookup Remember(string uri, SchemaLookup answer)
    {
        var isUnknown = answer.Status == SchemaLookupStatus.Unknown;
        ref var count = ref isUnknown ? ref _unknownCount : ref _schemaCount;
        var max = isUnknown ? _options.Limits.FolderUnknownMax : _options.Limits.FolderSchemasMax;
        if (Interlocked.Increment(ref count) <= max && _known.TryAdd(uri, answer))
            return answer;
        Interlocked.Decrement(ref count);
        return _known.GetValueOrDefault(uri, answer);
    }

    /// <summary>
    /// True where there is no such file, without a look at the disk: names made up by a client must not cost one each.
    /// False where that is not known.
    /// </summary>
    private bool IsSurelyNotThere(string path) =>
        Volatile.Read(ref _unknownCount) >= _options.Limits.FolderUnknownMax
        && _files.Value is { } files
        && !files.Contains(path);

    private FrozenSet<string>? ListFiles()
    {
        if (!Directory.Exists(_root))
            return [];
        var max = _options.Limits.FolderFilesMax;
        var files = Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories)
            .Take(max + 1)
            .Select(file => Path.GetRelativePath(_root, file).Replace(Path.DirectorySeparatorChar, '/'))
            .ToFrozenSet(StringComparer.Ordinal);
        return files.Count > max ? null : files;
    }

    /// <summary>The document behind a reference, if it is in this folder.</summary>
    private byte[]? Resolve(string uri) =>
        IgluName.PathOf(IgluName.FromAddress(uri)) is { } path ? Read(path) : null;

    private byte[]? Read(string path)
    {
        var file = new FileInfo(Path.Combine(_root, path));
        if (!file.Exists)
            return null;
        using var stream = file.OpenRead();
        // One byte more than allowed is enough for the compiler to refuse it.
        var bytes = new byte[Math.Min(stream.Length, _options.Limits.SchemaBytesMax + 1L)];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
