using System.Text;

namespace Ingest.Fuzz;

/// <summary>Bytes that grow at the end.</summary>
internal sealed class ByteText
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ByteText Add(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - Length < bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        return this;
    }

    public ByteText Add(byte value) => Add([value]);

    public ByteText Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public byte[] ToArray() => Written.ToArray();
}
