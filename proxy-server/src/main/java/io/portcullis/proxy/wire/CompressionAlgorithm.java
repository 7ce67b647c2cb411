package io.portcullis.proxy.wire;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.util.Native;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.portcullis.sql.text.ErrorCode;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * How the packets of a compressed connection are made smaller, each by itself. Confined to event
 * loops; each has one compressor, since one alone has a quarter of a megabyte outside of the heap.
 */
public abstract sealed class CompressionAlgorithm {

  /** CLIENT_COMPRESS: a zlib stream, fast rather than small: the loop has other connections. */
  public static final CompressionAlgorithm ZLIB = new Zlib();

  /** Higher levels take more of the loop's time than of the network's. */
  private static final int HIGHEST_LEVEL = 6;

  private static final boolean ZSTD_RUNS = zstdRuns();

  private CompressionAlgorithm() {}

  /**
   * CLIENT_ZSTD_COMPRESSION_ALGORITHM: a Zstandard frame.
   *
   * @param level what the client asks for, 1 to 22; the gate goes up to {@value #HIGHEST_LEVEL}
   */
  public static CompressionAlgorithm zstd(int level) {
    return new Zstandard(Math.min(Math.max(level, 1), HIGHEST_LEVEL));
  }

  /** Whether the library has its native part for this machine. */
  public static boolean isZstdAvailable() {
    return ZSTD_RUNS;
  }

  private static boolean zstdRuns() {
    try {
      Native.load();
      return true;
    } catch (LinkageError | RuntimeException missing) {
      return false;
    }
  }

  /**
   * Writes what the next {@code length} bytes of {@code in} stand for to the beginning of {@code
   * out}, which has room for one byte more than it should be: that shows a stream that is longer.
   * Leaves the indices of {@code in} alone.
   *
   * @throws ProtocolException when they are not {@code plain} bytes
   */
  abstract void inflate(ByteBuf in, int length, ByteBuf out, int plain);

  /**
   * Writes {@code plain}, of {@code length} bytes, to {@code out} from {@code at} on.
   *
   * @return how many bytes it takes; zero if that is no gain
   */
  abstract int deflate(ByteBuf plain, int length, ByteBuf out, int at);

  static ProtocolException broken(String what) {
    return new ProtocolException(
        ErrorCode.ER_NET_UNCOMPRESS_ERROR.error(), "compressed packet: " + what);
  }

  private static final class Zlib extends CompressionAlgorithm {
    private static final FastThreadLocal<Inflater> INFLATER =
        new FastThreadLocal<>() {
          @Override
          protected Inflater initialValue() {
            return new Inflater();
          }

          @Override
          protected void onRemoval(Inflater inflater) {
            inflater.end();
          }
        };

    private static final FastThreadLocal<Deflater> DEFLATER =
        new FastThreadLocal<>() {
          @Override
          protected Deflater initialValue() {
            return new Deflater(Deflater.BEST_SPEED);
          }

          @Override
          protected void onRemoval(Deflater deflater) {
            deflater.end();
          }
        };

    @Override
    void inflate(ByteBuf in, int length, ByteBuf out, int plain) {
      Inflater inflater = INFLATER.get();
      inflater.reset();
      try {
        inflater.setInput(in.nioBuffer(in.readerIndex(), length));
        ByteBuffer target = out.nioBuffer(0, plain + 1);
        int before;
        do {
          before = target.position();
          inflater.inflate(target);
        } while (!inflater.finished() && target.position() > before);
        if (!inflater.finished() || target.position() != plain || inflater.getRemaining() > 0) {
          throw broken("not a stream of " + plain + " bytes");
        }
        out.writerIndex(plain);
      } catch (DataFormatException e) {
        throw broken(String.valueOf(e.getMessage()));
      } finally {
        inflater.setInput(ByteBuffer.allocate(0)); // holds on to no buffer of the connection
      }
    }

    @Override
    int deflate(ByteBuf plain, int length, ByteBuf out, int at) {
      Deflater deflater = DEFLATER.get();
      deflater.reset();
      deflater.setInput(plain.nioBuffer());
      deflater.finish();
      int deflated = deflater.deflate(out.nioBuffer(at, length - 1));
      boolean smaller = deflater.finished();
      deflater.setInput(ByteBuffer.allocate(0)); // holds on to no buffer of the connection
      return smaller ? deflated : 0;
    }
  }

  private static final class Zstandard extends CompressionAlgorithm {
    private static final FastThreadLocal<ZstdDecompressCtx> DECOMPRESSOR =
        new FastThreadLocal<>() {
          @Override
          protected ZstdDecompressCtx initialValue() {
            return new ZstdDecompressCtx();
          }

          @Override
          protected void onRemoval(ZstdDecompressCtx context) {
            context.close();
          }
        };

    private static final FastThreadLocal<ZstdCompressCtx> COMPRESSOR =
        new FastThreadLocal<>() {
          @Override
          protected ZstdCompressCtx initialValue() {
            return new ZstdCompressCtx();
          }

          @Override
          protected void onRemoval(ZstdCompressCtx context) {
            context.close();
          }
        };

    private final int level;

    private Zstandard(int level) {
      this.level = level;
    }

    /** The whole target is there before, so the frame's own window costs nothing more. */
    @Override
    void inflate(ByteBuf in, int length, ByteBuf out, int plain) {
      ByteBuffer from = in.nioBuffer(in.readerIndex(), length);
      ByteBuffer to = out.nioBuffer(0, plain + 1);
      int made;
      try {
        if (from.isDirect() && to.isDirect()) {
          made = DECOMPRESSOR.get().decompress(to, from);
        } else {
          byte[] bytes = new byte[plain + 1];
          made =
              DECOMPRESSOR
                  .get()
                  .decompressByteArray(
                      bytes,
                      0,
                      bytes.length,
                      ByteBufUtil.getBytes(in, in.readerIndex(), length),
                      0,
                      length);
          out.setBytes(0, bytes, 0, Math.min(made, bytes.length));
        }
      } catch (ZstdException e) {
        throw broken(String.valueOf(e.getMessage()));
      }
      if (made != plain) {
        throw broken("not a frame of " + plain + " bytes");
      }
      out.writerIndex(plain);
    }

    @Override
    int deflate(ByteBuf plain, int length, ByteBuf out, int at) {
      ByteBuffer from = plain.nioBuffer();
      ByteBuffer to = out.nioBuffer(at, length - 1);
      ZstdCompressCtx compressor = COMPRESSOR.get();
      compressor.setLevel(level);
      try {
        if (from.isDirect() && to.isDirect()) {
          return compressor.compress(to, from);
        }
        byte[] bytes = new byte[length - 1];
        int made =
            compressor.compressByteArray(
                bytes, 0, bytes.length, ByteBufUtil.getBytes(plain), 0, length);
        out.setBytes(at, bytes, 0, made);
        return made;
      } catch (ZstdException doesNotFit) {
        return 0;
      }
    }
  }
}
